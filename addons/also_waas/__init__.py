from . import models, wizards, controllers, reports
from .hooks import pre_init_hook, uninstall_hook
