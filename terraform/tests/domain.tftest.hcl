# A name of one's own is the only way in: AWS's is closed, and both ways to a certificate work.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:us-east-1:123456789012:certificate/made"
      domain_validation_options = [{
        domain_name           = "api.example.com"
        resource_record_name  = "_proof.api.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_proof.acm-validations.aws"
      }]
    }
  }

  mock_resource "aws_apigatewayv2_domain_name" {
    defaults = {
      domain_name_configuration = {
        target_domain_name = "d-of-aws.execute-api.us-east-1.amazonaws.com"
        hosted_zone_id     = "Z1UJRXOUMOOFQ8"
      }
    }
  }
}

run "without_one_the_api_has_the_name_that_aws_gave_it" {
  command = plan

  assert {
    condition     = !aws_apigatewayv2_api.http.disable_execute_api_endpoint && length(aws_apigatewayv2_domain_name.api) == 0 && output.api_dns == null && output.api_endpoint == aws_apigatewayv2_api.http.api_endpoint
    error_message = "The API cannot be reached."
  }
}

run "a_zone_gets_certificate_and_records" {
  command = plan

  variables {
    provider_url = null
    api_domain   = { name = "api.example.com", hosted_zone_id = "Z0123456789ABCDEFGHIJ" }
  }

  assert {
    condition     = aws_apigatewayv2_api.http.disable_execute_api_endpoint && aws_apigatewayv2_api_mapping.api["api"].api_id == aws_apigatewayv2_api.http.id && aws_apigatewayv2_domain_name.api["api"].domain_name == "api.example.com"
    error_message = "The API is reached past its domain, or not by it."
  }

  assert {
    condition = (
      aws_apigatewayv2_domain_name.api["api"].domain_name_configuration[0].certificate_arn == aws_acm_certificate_validation.api["api"].certificate_arn
      && aws_apigatewayv2_domain_name.api["api"].domain_name_configuration[0].security_policy == "TLS_1_2"
      && aws_acm_certificate.api["api"].domain_name == "api.example.com"
      && aws_route53_record.certificate["api"].name == "_proof.api.example.com"
      && aws_route53_record.api["api"].alias[0].name == aws_apigatewayv2_domain_name.api["api"].domain_name_configuration[0].target_domain_name
    )
    error_message = "The domain's certificate is not proved, or its name leads nowhere."
  }

  assert {
    condition     = output.api_endpoint == "https://api.example.com" && alltrue([for name, function in aws_lambda_function.function : function.environment[0].variables.CONTRA_API_URL == "https://api.example.com" if local.functions[name].sandbox])
    error_message = "Somebody is told of the name that is closed."
  }
}

run "a_certificate_of_ones_own_needs_no_zone" {
  command = plan

  variables {
    api_domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/own" }
  }

  assert {
    condition = (
      aws_apigatewayv2_domain_name.api["api"].domain_name_configuration[0].certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/own"
      && length(aws_acm_certificate.api) + length(aws_route53_record.api) + length(aws_route53_record.certificate) == 0
      && output.api_dns != null
    )
    error_message = "A zone of somebody else's would be written to, or nobody is told where the name has to point."
  }
}

run "refuses_a_domain_without_a_certificate" {
  command = plan

  variables {
    api_domain = { name = "api.example.com" }
  }

  expect_failures = [var.api_domain]
}

run "refuses_an_address_for_a_name" {
  command = plan

  variables {
    api_domain = { name = "https://api.example.com/", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/own" }
  }

  expect_failures = [var.api_domain]
}
