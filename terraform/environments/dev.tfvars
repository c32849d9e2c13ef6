# The workspace `dev`: money is not real here, and everything may be destroyed.

region      = "us-east-1"
environment = "dev"

# Told of at 80 %, and when the month will cost more.
monthly_budget_usd = 10

# Of terraform/bootstrap.
permissions_boundary = "contra-boundary-dev"

log_retention_days  = 7
recovery_days       = 7
archive_days        = 7
deletion_protection = false
# Nobody relies on it: under $6 a month while idle (docs/capacity.md).
footprint = "small"
# Nobody waits for a canary here.
canary_minutes = 0

# A new account has ten environments for everything. Two is the least that Lambda takes.
consumers = {
  start-saga            = 2
  verify-integrity      = 2
  send-sandbox-webhooks = 2
}

cors_allow_origins = ["http://localhost:3000"]

throttles = {
  writes   = { rate_per_second = 100, burst = 200 }
  reads    = { rate_per_second = 100, burst = 200 }
  ops      = { rate_per_second = 20, burst = 40 }
  webhooks = { rate_per_second = 200, burst = 400 }
  open     = { rate_per_second = 50, burst = 100 }
}
