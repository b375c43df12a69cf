from . import test_files
from . import test_history
from . import test_line_breaks
from . import test_mail_server_down
from . import test_signature_file
