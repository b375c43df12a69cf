from . import archive
from . import attachment
from . import portal
