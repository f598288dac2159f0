from . import data as data
from . import doctor as doctor
from . import evaluate as evaluate
from . import predict as predict
from . import train as train
from .app import main as main
