from . import waas_bundle_configure
