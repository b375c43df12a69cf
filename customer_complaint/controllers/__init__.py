from . import archive
from . import attachment
