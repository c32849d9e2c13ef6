# Every function of the manifest: its code, its version behind the alias that everybody calls, and
# the environments that are kept warm for it.

locals {
  zips = { for name in keys(local.functions) : name => "${path.module}/${var.build_directory}/${name}.zip" }
  # As Lambda states it of what it runs. Validation runs without a build. An apply without one fails
  # when it opens the zip.
  hashes = { for name, zip in local.zips : name => fileexists(zip) ? filebase64sha256(zip) : null }
}

# The functions' code, where Lambda takes it from. Handed over in the request instead, the provider
# makes and updates one function after the other, and a deploy of all of them takes minutes.
resource "aws_s3_bucket" "code" {
  bucket = local.code_bucket
  # Nothing but copies: Lambda runs its own, and a build makes these again.
  force_destroy = true
}

# Each under one name for ever. An apply that is reverted half-way then takes nothing away that a
# function was about to be given.
resource "aws_s3_object" "code" {
  for_each = local.zips

  bucket      = aws_s3_bucket.code.bucket
  key         = "${each.key}.zip"
  source      = each.value
  source_hash = local.hashes[each.key]
}

# What was uploaded by mistake, or by somebody else, is seen and taken back. A month is enough.
resource "aws_s3_bucket_versioning" "code" {
  bucket = aws_s3_bucket.code.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "code" {
  bucket = aws_s3_bucket.code.bucket

  rule {
    id     = "forget-old-code"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.code]
}

resource "aws_s3_bucket_policy" "code" {
  bucket = aws_s3_bucket.code.bucket

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:${local.partition}:s3:::${local.code_bucket}", "arn:${local.partition}:s3:::${local.code_bucket}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.code]
}

resource "aws_s3_bucket_public_access_block" "code" {
  bucket = aws_s3_bucket.code.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_lambda_function" "function" {
  for_each = local.functions

  function_name = "${local.prefix}${each.key}"
  description   = each.value.description
  role          = aws_iam_role.function[each.key].arn

  runtime       = "nodejs22.x"
  architectures = ["arm64"]
  handler       = "index.handler"
  memory_size   = each.value.memory_mb
  timeout       = each.value.timeout_seconds
  publish       = true
  # -1 is the account's common pool.
  reserved_concurrent_executions = try(coalesce(var.concurrency[each.key].reserved, -1), -1)

  s3_bucket        = aws_s3_object.code[each.key].bucket
  s3_key           = aws_s3_object.code[each.key].key
  source_code_hash = local.hashes[each.key]

  environment {
    variables = merge(
      {
        CONTRA_ACCOUNT_ID  = local.account_id
        CONTRA_ENVIRONMENT = var.environment
        CONTRA_FUNCTION    = each.key
        CONTRA_PREFIX      = local.prefix
      },
      length(each.value.routes) > 0 && var.scope_prefix != "" ? { CONTRA_SCOPE_PREFIX = var.scope_prefix } : {},
      each.value.provider ? { CONTRA_PROVIDER_URL = local.provider_url } : {},
      each.value.sandbox ? { CONTRA_API_URL = local.api_url } : {},
      var.policy != null ? { CONTRA_POLICY = var.policy } : {},
      # What nobody looks at costs as much as what somebody does.
      local.is_small ? { CONTRA_METRICS = "paging" } : {},
    )
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.group["function/${each.key}"].name
  }

  tracing_config {
    mode = "Active"
  }

  # A version that runs before its policy exists would fail its first payments.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_alias" "live" {
  for_each = local.functions

  name             = local.alias
  description      = "What callers reach."
  function_name    = aws_lambda_function.function[each.key].function_name
  function_version = aws_lambda_function.function[each.key].version

  # An apply publishes, a deploy moves: see deploys.tf.
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

# A client waits for intake, so a cold start is its second; a step's caller is a machine, and waits.
resource "aws_lambda_provisioned_concurrency_config" "warm" {
  for_each = { for name, setting in var.concurrency : name => setting.provisioned if setting.provisioned != null }

  function_name                     = aws_lambda_alias.live[each.key].function_name
  qualifier                         = aws_lambda_alias.live[each.key].name
  provisioned_concurrent_executions = each.value
}
