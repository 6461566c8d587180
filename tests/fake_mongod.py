"""Takes mongod's options and says what mongod says; SecantusDB serves."""

import argparse
import logging
import os
import runpy
import sys


class Announce(logging.Handler):
    def emit(self, record):
        if "listening on" in record.getMessage():
            print('{"msg":"Waiting for connections"}', flush=True)


parser = argparse.ArgumentParser()
for option in ("--bind_ip", "--port", "--dbpath", "--wiredTigerCacheSizeGB", "--replSet"):
    parser.add_argument(option, required=True)
parser.add_argument("--nounixsocket", action="store_true")
options = parser.parse_args()
os.chdir(options.dbpath)
logging.getLogger("secantus").addHandler(Announce())
sys.argv = ["secantus", "--host", options.bind_ip, "--port", options.port]
runpy.run_module("secantus", run_name="__main__", alter_sys=True)
