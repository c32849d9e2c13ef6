# The customer-managed keys: few, because each is a switch that somebody may have to throw for
# itself (docs/decisions.md). A small footprint has one for everything. A key's policy says through
# which service it serves, and the account's own policies say whom.

locals {
  is_small = var.footprint == "small"

  # What is encrypted, and what a key of its own says of it.
  encrypted = {
    data     = "the tables, and what providers know us by"
    messages = "what waits in queues and dead letters"
    logs     = "every log group"
    alarms   = "what alarms say on their way to people"
  }

  for_everything = "everything"

  key_names = local.is_small ? { data = local.for_everything } : local.encrypted

  # The key of each kind.
  keys = { for kind in keys(local.encrypted) : kind => aws_kms_key.key[local.is_small ? "data" : kind] }

  # Administration, by whoever the account's own policies let; none of it reads anything.
  key_administration = {
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
      "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies",
      "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource",
      "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
    ]
    Resource = "*"
  }

  # The same to whoever deploys, by the role's name. A condition and not a principal: KMS refuses a
  # policy that names a role which is not there, and a first deploy may come from a laptop.
  key_deploy = {
    Effect    = "Allow"
    Principal = { AWS = "*" }
    Action    = [for action in local.key_administration.Action : action if action != "kms:ScheduleKeyDeletion"]
    Resource  = "*"
    Condition = { StringEquals = { "kms:CallerAccount" = local.account_id, "aws:PrincipalArn" = local.deploy_role } }
  }

  # Use: never by hand, always through the service that keeps what is encrypted.
  key_use = {
    data = [
      {
        Effect    = "Allow"
        Principal = local.key_administration.Principal
        Action = [
          "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
        ]
        Resource  = "*"
        Condition = { StringEquals = { "kms:ViaService" = [for service in ["dynamodb", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"] } }
      },
      {
        # DynamoDB keeps a grant for its own upkeep: streams, backups, and what runs while nobody
        # calls.
        Effect    = "Allow"
        Principal = local.key_administration.Principal
        Action    = ["kms:CreateGrant"]
        Resource  = "*"
        Condition = {
          StringEquals = { "kms:ViaService" = "dynamodb.${var.region}.amazonaws.com" }
          Bool         = { "kms:GrantIsForAWSResource" = "true" }
        }
      },
    ]

    messages = [
      {
        Effect    = "Allow"
        Principal = local.key_administration.Principal
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:ViaService" = "sqs.${var.region}.amazonaws.com" } }
      },
      {
        # Without it EventBridge delivers nothing, and not even its dead letters say so.
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        # SQS names the queue in every request. AWS documents no source of EventBridge's here: a
        # condition that is never met delivers nothing. The queue's policy says whose rule may send.
        Condition = { ArnEquals = { "kms:EncryptionContext:aws:sqs:arn" = flatten([
          for name, rules in local.rules_into : [local.arns.queues[name], local.arns.dead_letters[name]] if length(rules) > 0
        ]) } }
      },
    ]

    logs = [{
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action = [
        "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ]
      Resource = "*"
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = [
        for path in ["/aws/lambda/", "/aws/vendedlogs/states/", "/aws/vendedlogs/http-api/"] :
        "arn:${local.partition}:logs:${local.place}:log-group:${path}${local.prefix}*"
      ] } }
    }]

    # Not the key of the queues: who throws that switch wants to hear the alarms all the more.
    # CloudWatch names the alarm as its source: AWS documents that for topics.
    alarms = [{
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnEquals    = { "aws:SourceArn" = ["${local.arns.alarms}*"] }
      }
    }]
  }
}

resource "aws_kms_key" "key" {
  for_each = local.key_names

  description         = "${local.prefix}${each.key}: ${each.value}"
  enable_key_rotation = true
  # What it encrypts is lost with it, backups too: the longest that KMS offers, where money is real.
  deletion_window_in_days = var.deletion_protection ? 30 : 7

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.key_administration, local.key_deploy], flatten([for kind in keys(local.encrypted) : local.key_use[kind] if local.is_small || kind == each.key]))
  })

  lifecycle {
    # The key says with which footprint the workspace was made: it keeps what it was made with.
    ignore_changes = [description]

    # Another footprint would schedule keys for deletion, or leave messages and log lines under a
    # key that serves them no longer.
    postcondition {
      condition     = endswith(self.description, ": ${local.for_everything}") == local.is_small
      error_message = "This workspace was made with footprint = \"${local.is_small ? "full" : "small"}\". A change would take keys away, and what they encrypt would be unreadable: keep the footprint, or destroy the workspace and make it anew."
    }
  }
}

resource "aws_kms_alias" "key" {
  for_each = local.key_names

  name          = "alias/${local.prefix}${each.key}"
  target_key_id = aws_kms_key.key[each.key].key_id
}
