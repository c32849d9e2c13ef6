# The workspace `dev`: money is not real here, and everything may be destroyed.

region      = "us-east-1"
environment = "dev"

log_retention_days  = 7
deletion_protection = false

# Reserved names (RFC 2606) until this stack brings its own issuer and its own sandbox: they reach nobody by accident.
provider_key = "sandbox"
provider_url = "https://sandbox.contra.example"
# The sandbox signs with what everybody knows: its facts are worth as much as its money.
provider_webhook_secret = "whsec_c2FuZGJveCBwcm92aWRlciwgbG9jYWwgYW5kIHB1YmxpYw=="

jwt_issuer   = "https://issuer.contra.example"
jwt_audience = ["contra-dev"]

cors_allow_origins = ["http://localhost:3000"]

throttle = {
  rate_per_second = 100
  burst           = 200
}
