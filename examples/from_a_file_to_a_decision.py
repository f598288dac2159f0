"""From a raw file to a calibrated decision: which flights to warn about."""

# %% A raw file, as an airport might publish it: semicolons, dates, categories, missing values; and new rows.
from pyarrow import csv

import wade
from wade.tables import BUILT_IN

flights = BUILT_IN["flights"].read()
written = csv.WriteOptions(delimiter=";")
csv.write_csv(flights.take(list(range(0, flights.num_rows, 10))), "last-year.csv", written)
csv.write_csv(flights.take(list(range(5, flights.num_rows, 20))), "this-week.csv", written)

# %% Train on it. Column roles are auto-detected; probabilities are calibrated.
model = wade.learn("last-year.csv", target="delayed", epochs=4)
print("log-loss", round(model.report["test"]["log_loss"], 4), model.report["diagnosis"]["summary"])
print("temperature", round(model.report["temperature"]["temperature"], 2), model.report["temperature"]["why"])

# %% Are its probabilities calibrated?
for line in model.evaluate("this-week.csv")["calibration"]["bins"]:
    print(f"{line['rows']:6} flights: predicted {line['predicted']:6.1%}, observed {line['observed']:6.1%}")

# %% A false alarm costs 50, a missed connection 400: from which probability on is a warning worth it?
decision = model.decide("this-week.csv", cost_false_alarm=50, cost_miss=400)
print(f"warn from {decision['thresholds']['decision']:.1%} on")
for policy, saved in decision["savings_per_row"].items():
    print(f"{saved['value']:6.2f} EUR a flight saved over {policy}: {saved['interval']}")
