"""Where things are in the checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "apps"
RECORDED = ROOT / "docs" / "measured"
LAB_SETTINGS = ROOT / "workbook" / "lab"
