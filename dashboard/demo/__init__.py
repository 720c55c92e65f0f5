"""The demo workspace: an invented retail chain, drawn and written by this project, the same for every seed."""

from dashboard.demo.files import INTERVENTION_WEEKS, PLANTED, demo_files
from dashboard.demo.pictures import demo_logo, demo_pictures
from dashboard.demo.shop import BRAND, PRODUCTS

__all__ = ["BRAND", "INTERVENTION_WEEKS", "PLANTED", "PRODUCTS", "demo_files", "demo_logo", "demo_pictures"]
