from . import waas_sellout_leave_out
