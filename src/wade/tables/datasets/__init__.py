"""Tables that come with wade: the flights, scikit-learn's classics, and generated problems."""
