"""The HTTP paths of the contract, one module a group; they ask the rules and hold none."""
