from . import waas_demo_mail
from . import mail_mail
