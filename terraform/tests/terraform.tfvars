# Settings of the tests: nothing here is reached, the provider is a mock.

region       = "us-east-1"
environment  = "dev"
provider_url = "https://provider.example"
jwt_issuer   = "https://issuer.example"
jwt_audience = ["tests"]

permissions_boundary = "contra-boundary-tests"
