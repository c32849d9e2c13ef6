# The log groups as 0.1.0, and main after it, applied them: what moved.tf takes over.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

locals {
  functions = [
    "accept-payment",
    "authorize-conversion",
    "authorize-payment",
    "capture-payment",
    "check-health",
    "create-quote",
    "fail-payment",
    "fold-balances",
    "inspect-saga",
    "list-holdings",
    "manage-accounts",
    "notify-payment",
    "off-ramp",
    "on-ramp",
    "post-ledger",
    "read-payment",
    "receive-provider-webhook",
    "redrive-saga",
    "refuse-route",
    "relay-events",
    "release-hold",
    "report-integrity",
    "resolve-capture",
    "resolve-off-ramp",
    "resolve-on-ramp",
    "reverse-ledger",
    "reverse-on-ramp",
    "send-sandbox-webhooks",
    "simulate-provider",
    "start-saga",
    "sweep-payments",
    "validate-payment",
    "verify-integrity",
    "void-authorization",
  ]
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = toset(local.functions)

  name = "/aws/lambda/${terraform.workspace}-${each.key}"
}

resource "aws_cloudwatch_log_group" "machine" {
  for_each = toset(["card-payment", "stablecoin-payment"])

  name = "/aws/vendedlogs/states/${terraform.workspace}-${each.key}"
}

resource "aws_cloudwatch_log_group" "api" {
  name = "/aws/vendedlogs/http-api/${terraform.workspace}-http"
}

resource "aws_cloudwatch_log_group" "sandbox" {
  count = 1

  name = "/aws/vendedlogs/http-api/${terraform.workspace}-sandbox"
}

# The mocked provider gives each group an id of its own, by which it is known again.
output "ids" {
  value = { for group in concat(
    values(aws_cloudwatch_log_group.function), values(aws_cloudwatch_log_group.machine),
    [aws_cloudwatch_log_group.api], aws_cloudwatch_log_group.sandbox,
  ) : group.name => group.id }
}
