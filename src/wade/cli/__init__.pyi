from . import data as data
from . import decide as decide
from . import doctor as doctor
from . import evaluate as evaluate
from . import predict as predict
from . import race as race
from . import train as train
from .app import main as main
