# The API under a name of one's own (`api_domain`). AWS's name for it is then closed, so that nobody
# goes around whatever stands before the name.

locals {
  api_domains = var.api_domain == null ? {} : { api = var.api_domain }
  api_zones   = { for name, domain in local.api_domains : name => domain if domain.hosted_zone_id != null }

  # What others call: a setting, the domain, or AWS's name.
  api_url = coalesce(var.api_url, var.api_domain == null ? aws_apigatewayv2_api.http.api_endpoint : "https://${var.api_domain.name}")
}

resource "aws_acm_certificate" "api" {
  for_each = local.api_zones

  domain_name       = each.value.name
  validation_method = "DNS"

  # The domain holds the old one until it has the new one.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  for_each = local.api_zones

  zone_id = each.value.hosted_zone_id
  name    = one(aws_acm_certificate.api[each.key].domain_validation_options[*].resource_record_name)
  type    = one(aws_acm_certificate.api[each.key].domain_validation_options[*].resource_record_type)
  records = aws_acm_certificate.api[each.key].domain_validation_options[*].resource_record_value
  ttl     = 300
  # Another Region's certificate for the same name is proved by the same record.
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "api" {
  for_each = local.api_zones

  certificate_arn         = aws_acm_certificate.api[each.key].arn
  validation_record_fqdns = [aws_route53_record.certificate[each.key].fqdn]
}

resource "aws_apigatewayv2_domain_name" "api" {
  for_each = local.api_domains

  domain_name = each.value.name

  domain_name_configuration {
    certificate_arn = each.value.certificate_arn != null ? each.value.certificate_arn : aws_acm_certificate_validation.api[each.key].certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "api" {
  for_each = local.api_domains

  api_id      = aws_apigatewayv2_api.http.id
  domain_name = aws_apigatewayv2_domain_name.api[each.key].id
  stage       = aws_apigatewayv2_stage.default.id
}

resource "aws_route53_record" "api" {
  for_each = local.api_zones

  zone_id = each.value.hosted_zone_id
  name    = each.value.name
  type    = "A"

  alias {
    name                   = aws_apigatewayv2_domain_name.api[each.key].domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.api[each.key].domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}
