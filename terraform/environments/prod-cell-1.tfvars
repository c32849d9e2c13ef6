# The workspace `prod-cell-1`: a cell on default quotas, 240 payments per second (docs/capacity.md).
# One account of its own.

region      = "us-east-1"
environment = "prod"

# Told of at 80 %, and when the month will cost more.
monthly_budget_usd = 1000

# Of terraform/bootstrap.
permissions_boundary = "contra-boundary-prod-cell-1"

log_retention_days = 400
archive_days       = 90
canary_minutes     = 10

# Reserved names (RFC 2606): whoever runs Contra puts the provider's and the issuer's here.
provider_url = "https://provider.contra.example"

jwt_issuer   = "https://issuer.contra.example"
jwt_audience = ["contra-prod"]

# What an operator does by hand says why.
policy = "{\"reason_required\":true}"

# Twice what 240 payments a second bring, in writes, webhooks (two to a payment) and polls (three).
throttles = {
  writes   = { rate_per_second = 600, burst = 1200 }
  reads    = { rate_per_second = 1500, burst = 3000 }
  ops      = { rate_per_second = 20, burst = 40 }
  webhooks = { rate_per_second = 1000, burst = 2000 }
  open     = { rate_per_second = 300, burst = 600 }
}

concurrency = {
  # 240 requests a second of 50 ms keep 12 environments busy; the rest is for bursts and retries.
  accept-payment = { provisioned = 30 }
  # Two sweeps at once would ask Step Functions for more than it answers, and find nothing more.
  sweep-payments = { reserved = 1 }
  # Open to everybody: a flood may use up no more than this of the account's 1,000. 480 webhooks a
  # second, of 60 ms, need 29.
  receive-provider-webhook = { reserved = 100 }
  check-health             = { reserved = 10 }
  refuse-route             = { reserved = 10 }
}

consumers = {
  # 30 starts at once, each some 100 ms: what StartExecution's 300 a second can take.
  start-saga = 30
  # The six events of a payment come in 1.45 batches: 348 batches a second, of 60 ms, need 21.
  verify-integrity = 100
}
