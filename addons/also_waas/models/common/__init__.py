"""What all chapters stand on: which fields only the system writes, how records are
numbered, named and mailed, to-dos, retention, and the settings of a company."""

from . import waas_guarded_mixin
from . import waas_numbered_mixin
from . import ir_attachment
from . import ir_actions_report
from . import ir_http
from . import waas_readable_mixin
from . import waas_mailed_mixin
from . import mail_activity_type
from . import mail_activity
from . import mail_activity_mixin
from . import res_users
from . import res_groups
from . import waas_blocker_mixin
from . import waas_retention
from . import res_partner
from . import mail_template
from . import mail_message
from . import mail_mail
from . import waas_rate_limit
from . import waas_form_lock
from . import ir_cron
from . import res_company
from . import res_config_settings
from . import account_move
