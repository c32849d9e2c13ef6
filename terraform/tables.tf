# The tables: one string key pair, on demand, restorable to any second, encrypted. What was paid is
# kept for ever: an item expires only where it says so itself. A stream carries new images only:
# consumers read facts, and the difference to before is theirs to know.

resource "aws_dynamodb_table" "table" {
  for_each = local.tables

  name                        = "${local.prefix}${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  stream_enabled   = each.value.stream
  stream_view_type = each.value.stream ? "NEW_IMAGE" : null

  dynamic "attribute" {
    for_each = toset(concat(
      ["pk", "sk"],
      [for index in values(each.value.indexes) : index.hash_key],
      [for index in values(each.value.indexes) : index.range_key],
    ))

    content {
      name = attribute.value
      type = "S"
    }
  }

  # KEYS_ONLY: a projected attribute would make every update of the item pay for the index once
  # more.
  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash_key
      range_key       = global_secondary_index.value.range_key
      projection_type = "KEYS_ONLY"
    }
  }

  dynamic "ttl" {
    for_each = can(each.value.expires) ? [each.value.expires] : []

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.keys["data"].arn
  }
}
