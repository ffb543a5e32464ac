from . import models, wizards, controllers, reports
from .hooks import post_init_hook, uninstall_hook
