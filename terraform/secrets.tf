# What providers know us by and sign with, by reference only: Terraform makes the secrets and never
# reads them. In production a person puts the value (docs/runbook.md). Elsewhere it is of AWS's
# making, so that the sandbox takes this workspace's calls and nobody else's; or what everybody
# knows, which the manifest spells out, where a laptop's sandbox is called.

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

  secret_id = aws_secretsmanager_secret.provider[each.key].id
  secret_string_wo = var.public_credentials ? jsonencode(each.value.public_credentials) : jsonencode({
    key             = data.aws_secretsmanager_random_password.sandbox["${each.key}/key"].random_password
    webhook_secrets = ["whsec_${base64encode(data.aws_secretsmanager_random_password.sandbox["${each.key}/webhooks"].random_password)}"]
  })
  # Written when it turns into the other one, and never else.
  secret_string_wo_version = var.public_credentials ? 1 : 2
}

# Another one in each run: a version is written with the first, and the next runs overwrite the
# state with theirs.
data "aws_secretsmanager_random_password" "sandbox" {
  for_each = local.has_sandbox && !var.public_credentials ? toset(flatten([for name in keys(local.providers) : ["${name}/key", "${name}/webhooks"]])) : toset([])

  password_length     = 32
  exclude_punctuation = true
}
