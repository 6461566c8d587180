"""mongoeco as a server on loopback: ``python -m workbook.drivers.mongoeco_server PORT`` (0: any that is free).

It stands in for SecantusDB where that has no package, and says where it listens as SecantusDB does.
"""

import asyncio
import sys

from mongoeco.wire import AsyncMongoEcoProxyServer


async def serve(port):
    address = await AsyncMongoEcoProxyServer(host="127.0.0.1", port=port).start()
    print(f"listening on {address.host}:{address.port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
