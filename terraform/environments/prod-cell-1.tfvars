# The workspace `prod-cell-1`: a cell on default quotas, 240 payments per second (docs/capacity.md). One account of its own.

region      = "us-east-1"
environment = "prod"

log_retention_days = 400
archive_days       = 90
canary_minutes     = 10

# Reserved names (RFC 2606): whoever runs Contra puts the provider's and the issuer's here.
provider_url = "https://provider.contra.example"

jwt_issuer   = "https://issuer.contra.example"
jwt_audience = ["contra-prod"]

concurrency = {
  # 240 requests a second of 50 ms keep 12 environments busy; the rest is for bursts and retries.
  accept-payment = { provisioned = 30 }
  # A sweep beside itself would do everything twice.
  sweep-payments = { reserved = 1 }
  # Open to everybody: a flood may use up no more than this of the account's 1,000. Webhooks come three to a payment.
  receive-provider-webhook = { reserved = 100 }
  check-health             = { reserved = 10 }
  refuse-route             = { reserved = 10 }
}

consumers = {
  # 30 starts at once, each some 100 ms: what StartExecution's 300 a second can take.
  start-saga = 30
  # Six events of a payment in batches of ten: 144 batches a second.
  verify-integrity = 100
}
