# The state of every workspace of this account: versioned, encrypted, closed, and locked by a file
# beside each state. AWS refuses to delete the bucket while a state is in it.

resource "aws_s3_bucket" "state" {
  bucket = "contra-state-${local.account_id}-${var.region}"
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# A year of states to go back to; the newest one stays for ever.
resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "forget-old-states"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 365
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.state]
}

output "backend" {
  description = "Where this root's own state is, once `make bootstrap` has moved it there."
  value       = { bucket = aws_s3_bucket.state.bucket, key = "bootstrap.tfstate", region = var.region, encrypt = true, use_lockfile = true }
}

output "made_with" {
  description = "What this was applied with: `make bootstrap` keeps it where nobody says otherwise."
  value       = { workspaces = var.workspaces, repository = var.repository, hosted_zone_id = var.hosted_zone_id }
}

output "backends" {
  description = "Workspace → what goes into environments/<workspace>.s3.tfbackend."
  value = { for workspace in var.workspaces : workspace => <<-EOT
    bucket       = "${aws_s3_bucket.state.bucket}"
    key          = "contra.tfstate"
    region       = "${var.region}"
    encrypt      = true
    use_lockfile = true
  EOT
  }
}
