"""The record of one step: encoding, native engine beside it, names of single parameters."""
