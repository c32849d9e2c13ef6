# The workspace `staging`: a cell as in production, in small, with money that is not real.

region      = "us-east-1"
environment = "staging"

# Told of at 80 %, and when the month will cost more.
monthly_budget_usd = 100

# Of terraform/bootstrap.
permissions_boundary = "contra-boundary-staging"

log_retention_days = 30
recovery_days      = 14
archive_days       = 14
canary_minutes     = 5

merchants = ["first", "load-test"]
operators = { first = "Whoever is on call" }

concurrency = {
  # Two sweeps at once would ask Step Functions for more than it answers, and find nothing more.
  sweep-payments = { reserved = 1 }
  # Open to everybody: a flood may use up no more than this of the account.
  receive-provider-webhook = { reserved = 20 }
  check-health             = { reserved = 5 }
  refuse-route             = { reserved = 5 }
}

consumers = {
  start-saga       = 10
  verify-integrity = 20
}
