"""The first steps of a training run as a program that repeats them number by number."""
