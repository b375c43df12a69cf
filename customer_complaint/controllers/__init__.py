from . import attachment
from . import export
from . import portal
