"""Coded findings: what a reader should know about the data, the training and the quality of a model, with remedies."""
