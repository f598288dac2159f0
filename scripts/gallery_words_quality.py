"""The sentences of docs/gallery about how good a model is, and why it predicts what it does."""

from __future__ import annotations

import gallery_models as made

from wade.pictures.dependence import LINES
from wade.pictures.labels import number, percent
from wade.pictures.reliability import ReliabilityDisplay


def confusion() -> str:
    """Pictures as rows of numbers."""
    kept = made.trained("digits").report["confusion"]["matrix"]
    rows, right = sum(map(sum, kept)), sum(kept[at][at] for at in range(len(kept)))
    return (
        "The deck says that deep learning is better than humans at recognizing images and sounds. It reads them as "
        "tables: "
        "a picture is a row of numbers, and so is a sound. Here the same "
        "kind of "
        f"network reads handwritten digits of 8 × 8 pixels and mistakes {percent(1 - right / rows)} of {rows:,} test "
        f"rows. "
        "(People misread about 2.5 % of digits that were cut out of letters, other ones than these: Bromley and "
        "Säckinger, 1991.) Rows of each "
        "digit (down) by what they are predicted as (across)."
    )


def roc() -> str:
    """Every threshold."""
    return (
        f"A threshold turns a probability into an alarm. Both curves show every threshold, on "
        f"{made.other_flights().num_rows:,} flights that the network has not seen (others than the test rows above): "
        f"how "
        "many of the delayed flights are found, and at what price. The diamond is the threshold of the costs below, "
        "the "
        f"star flight {made.ROW}, which is explained further down."
    )


def reliability() -> str:
    """Whether probabilities are calibrated."""
    bins = ReliabilityDisplay.from_model(made.flights(), made.other_flights()).found["bins"]
    one = min(bins, key=lambda each: abs(each["predicted"] - 0.3))
    return (
        f"Of flights with a predicted probability of about {percent(one['predicted'], 0)}, "
        f"{percent(one['observed'], 0)} are "
        "delayed: the points follow the diagonal. The intervals say how far chance may take them."
    )


def residuals() -> str:
    """Numbers beside their predictions."""
    count = len(made.residuals().bands)
    return (
        "Predicted against observed progression of a disease, on patients that the network has not seen, and what is "
        "left "
        f"over. A band whose interval leaves out 0 is predicted too high or too low on average; by chance one of "
        f"{count} "
        "may."
    )


def cost() -> str:
    """From a probability to a decision."""
    display = made.cost()
    alarm, miss, t = display.prices.false_alarm, display.prices.miss, display.prices.threshold
    unit, low = made.CURRENCY, float(display.costs.min())
    return (
        "A better prediction machine, so what? As predictions get cheaper they are used more, and what complements "
        "them "
        "gains value: knowing what each mistake costs. Say that a false alarm costs "
        f"{number(alarm)} {unit}, a missed delay {number(miss)} {unit}. Then acting pays from {percent(t, 0)} on: "
        f"{display.cost_at(t):.2f} {unit} per flight, beside {low:.2f} at the cheapest threshold of these rows, "
        f"{display.always:.2f} for always acting and {display.never:.2f} for never."
    )


def waterfall() -> str:
    """The reasons of one prediction."""
    return (
        f"From the typical flight to flight {made.ROW}, column by column, in log-odds. The contributions add up to the "
        "output."
    )


def importance() -> str:
    """What the model relies on."""
    return (
        "By how much the log-loss rises where a column is shuffled, with intervals, on the "
        f"{made.other_flights().num_rows:,} flights that the network has not seen. What is not distinguishable from 0 "
        f"hardly "
        "helps."
    )


def dependence() -> str:
    """Partial dependence on a number."""
    return (
        f"The mean prediction over humidity, lines of {LINES} single flights, and flight {made.ROW} as the heavy one. "
        f"The "
        "bars below say where there is data to believe it."
    )


def dates() -> str:
    """Partial dependence on a date."""
    display = made.dependence("scheduled_departure", "hour")
    mean, hours = display.mean(), display.values
    return (
        "Of a date, the hour, weekday, month or year is changed and the rest stays. Delays add up over the day: "
        "flights "
        f"scheduled at {hours[int(mean.argmin())]}:00 are predicted to be late in {percent(float(mean.min()), 0)} of "
        f"cases, "
        f"at {hours[int(mean.argmax())]}:00 in {percent(float(mean.max()), 0)}."
    )
