"""The real servers of compose.yaml: on loopback, with a health check, on the ports that the README names."""

from pathlib import Path

import pytest
import yaml

from workbook.drivers import cassandra, rethinkdb, sqlalchemy

ROOT = Path(__file__).parent.parent
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


def test_the_four_databases():
    assert set(SERVICES) == {"rethinkdb", "mongodb", "postgresql", "cassandra"}


@pytest.mark.parametrize("name", SERVICES)
def test_on_loopback_with_a_health_check(name):
    [port] = SERVICES[name]["ports"]
    assert port.startswith("127.0.0.1:")
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_default_ports_are_those_the_workbook_looks_at():
    ports = {name: int(service["ports"][0].rpartition(":")[2]) for name, service in SERVICES.items()}
    assert (ports["rethinkdb"], ports["cassandra"]) == (rethinkdb.PORT, cassandra.PORT)
    assert ports["postgresql"] == sqlalchemy.PORT
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"MONGODB_URI=mongodb://127.0.0.1:{ports['mongodb']}" in readme
    assert f"DATABASE_URL=postgresql://postgres@127.0.0.1:{ports['postgresql']}/postgres" in readme
