# The directory of merchants: one table outside of every cell, applied once, by itself. No payment
# reads it; without it no merchant can be placed, and nothing else happens. To lose it would be to
# forget who lives where, so it can be restored and not be deleted.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "region" {
  description = "AWS region of the directory; it need not be a cell's."
  type        = string
}

variable "name" {
  description = "Name of the table, as `make place` is told it by DIRECTORY_TABLE."
  type        = string
  default     = "contra-directory"
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted. False only where the merchants in it are not real."
  type        = bool
  default     = true
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project   = "contra"
      ManagedBy = "terraform"
    }
  }
}

resource "aws_dynamodb_table" "directory" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

output "table" {
  description = "The directory's table."
  value       = aws_dynamodb_table.directory.name
}
