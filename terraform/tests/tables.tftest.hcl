# The tables: restorable, encrypted, protected, and streaming exactly where the manifest says.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "tables_keep_what_they_hold" {
  command = plan

  assert {
    condition = length(local.manifest.tables) > 0 && alltrue([
      for name in keys(local.manifest.tables) :
      aws_dynamodb_table.table[name].billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.table[name].point_in_time_recovery[0].enabled
      && aws_dynamodb_table.table[name].point_in_time_recovery[0].recovery_period_in_days == 35
      && aws_dynamodb_table.table[name].server_side_encryption[0].kms_key_arn == aws_kms_key.key["data"].arn
      && [for ttl in aws_dynamodb_table.table[name].ttl : ttl.attribute_name if ttl.enabled] == try([local.manifest.tables[name].expires], [])
      && aws_dynamodb_table.table[name].deletion_protection_enabled
    ])
    error_message = "A table is not on demand, restorable, encrypted or protected, or it forgets what the manifest does not say."
  }

  assert {
    condition = alltrue([
      for name, table in local.manifest.tables :
      aws_dynamodb_table.table[name].stream_enabled == table.stream
      && (!table.stream || aws_dynamodb_table.table[name].stream_view_type == "NEW_IMAGE")
    ])
    error_message = "A table streams where the manifest says no, or does not where it says yes."
  }

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions : local.manifest.tables[function.stream.table].stream if can(function.stream.table)
    ])
    error_message = "A function reads the stream of a table that has none."
  }

  assert {
    condition = alltrue([
      for name, table in local.manifest.tables :
      { for index in aws_dynamodb_table.table[name].global_secondary_index : index.name => "${index.hash_key} ${index.range_key} ${index.projection_type}" }
      == { for key, index in table.indexes : key => "${index.hash_key} ${index.range_key} KEYS_ONLY" }
    ])
    error_message = "A table's indexes are not those of the manifest, keys only."
  }
}
