# The functions' code, where Lambda takes it from. Handed over in the request instead, the provider makes and updates one function after
# the other, and a deploy of all of them takes minutes.

locals {
  zips = { for name in keys(local.functions) : name => "${path.module}/${var.build_directory}/${name}.zip" }
  # As Lambda states it of what it runs. Validation runs without a build. An apply without one fails
  # when it opens the zip.
  hashes = { for name, zip in local.zips : name => fileexists(zip) ? filebase64sha256(zip) : null }
}

resource "aws_s3_bucket" "code" {
  bucket = local.code_bucket
  # Nothing but copies: Lambda runs its own, and a build makes these again.
  force_destroy = true
}

# Each under one name for ever, so that an apply that is reverted half-way takes nothing away that a function was about to be given.
resource "aws_s3_object" "code" {
  for_each = local.zips

  bucket      = aws_s3_bucket.code.bucket
  key         = "${each.key}.zip"
  source      = each.value
  source_hash = local.hashes[each.key]
}

resource "aws_s3_bucket_public_access_block" "code" {
  bucket = aws_s3_bucket.code.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
