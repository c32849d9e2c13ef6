# What providers know us by and sign with, by reference only: Terraform makes the secrets and never
# reads them. In production a person puts the value (docs/runbook.md); elsewhere it is what
# everybody knows, which the manifest spells out.

locals {
  # The functions compose the same name from their prefix.
  secret_names = { for name in keys(local.providers) : name => "${local.prefix}provider/${name}" }
}

resource "aws_secretsmanager_secret" "provider" {
  for_each = local.providers

  name        = local.secret_names[each.key]
  description = each.value.description
  kms_key_id  = local.keys["data"].arn

  # Where tables may be deleted at once a secret may too, or its name would be taken for a week when
  # the stack is built anew.
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

# Write-only: it is in neither state nor plan, and an apply leaves alone what a person puts in its
# place.
resource "aws_secretsmanager_secret_version" "public" {
  for_each = var.environment == "prod" ? {} : local.providers

  secret_id                = aws_secretsmanager_secret.provider[each.key].id
  secret_string_wo         = jsonencode(each.value.public_credentials)
  secret_string_wo_version = 1
}
