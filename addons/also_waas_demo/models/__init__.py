from . import waas_demo_mail
from . import mail_mail
from . import waas_demo_subscription
from . import waas_marketplace
