# The functions' code, where Lambda takes it from: each zip under the name of what is in it. Handed over in the request instead, the
# provider makes and updates one function after the other, and a deploy of all of them takes minutes.

locals {
  zips = { for name in keys(local.functions) : name => "${path.module}/${var.build_directory}/${name}.zip" }
  # Validation and tests run without a build; an apply without one fails when it opens the zip.
  builds = { for name, zip in local.zips : name => fileexists(zip) ? { name = filesha256(zip), hash = filebase64sha256(zip) } : { name = "unbuilt", hash = null } }
}

resource "aws_s3_bucket" "code" {
  bucket = "${local.prefix}code-${local.account_id}-${var.region}"
}

resource "aws_s3_object" "code" {
  for_each = local.zips

  bucket = aws_s3_bucket.code.bucket
  key    = "${each.key}/${local.builds[each.key].name}.zip"
  source = each.value

  # Lambda keeps a copy of its own, but an update must find what it names.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "code" {
  bucket = aws_s3_bucket.code.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

