# What this root runs on. AWS is the only provider: zips are built by `make build`, so that no build
# step hides in an apply. No backend block: state is local until a backend is configured from
# outside, and no bucket name is typed here.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "contra"
      Environment = var.environment
      Workspace   = terraform.workspace
      ManagedBy   = "terraform"
    }
  }
}
