"""Why an answer is what it is: integrated gradients, counterfactuals, permutation importance."""
