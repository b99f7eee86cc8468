//! Header fields that always say the same.

use super::Variant;

/// Fields that always say the same, by the variant that sends them.
pub(super) const FIELDS: [(Variant, &[(&str, &str)]); 18] = [
    (
        Variant::HeadersAdded,
        &[
            ("x-request-id", "0HN4:00000001"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("api-supported-versions", "1.0"),
            ("cache-control", "no-store,no-cache"),
            ("vary", "Accept-Encoding, Origin"),
            ("set-cookie", "ARRAffinity=1f0c; Path=/; HttpOnly"),
        ],
    ),
    (
        Variant::OriginsAllowed,
        &[
            ("access-control-allow-origin", "https://portal.example"),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "X-Request-Id"),
            ("vary", "Origin"),
        ],
    ),
    (
        Variant::PoliciesNamed,
        &[
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("permissions-policy", "camera=(), geolocation=()"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ],
    ),
    (
        Variant::ServerNamed,
        &[
            ("server", "Microsoft-IIS/10.0"),
            ("x-powered-by", "ASP.NET"),
            ("x-aspnet-version", "4.0.30319"),
        ],
    ),
    (
        Variant::ProxiesNamed,
        &[
            ("via", "1.1 varnish, 1.1 edge-7"),
            ("x-cache", "MISS, MISS"),
            ("age", "0"),
            ("x-served-by", "cache-fra-1"),
            ("alt-svc", "h3=\":443\"; ma=86400"),
        ],
    ),
    (
        Variant::TimingsTold,
        &[
            ("server-timing", "db;dur=1.7, app;dur=4.2"),
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ("x-response-time", "6ms"),
        ],
    ),
    (
        Variant::EndAnnounced,
        &[
            ("deprecation", "@1767225600"),
            ("sunset", "Thu, 31 Dec 2099 23:59:59 GMT"),
            ("link", "<https://docs.example/v2>; rel=\"successor-version\""),
            ("warning", "299 - \"v1 will end\""),
        ],
    ),
    (
        Variant::LanguageNamed,
        &[
            ("content-language", "en-US"),
            ("content-location", "/identities/answer"),
        ],
    ),
    (
        Variant::EdgeNamed,
        &[
            ("server", "cloudflare"),
            ("cf-ray", "8f2a61b0c9d4e7a1-ZRH"),
            ("cf-cache-status", "DYNAMIC"),
            (
                "report-to",
                "{\"endpoints\":[{\"url\":\"https://nel.example/r\"}],\"group\":\"nel\",\"max_age\":604800}",
            ),
            ("nel", "{\"report_to\":\"nel\",\"max_age\":604800}"),
        ],
    ),
    (
        Variant::GatewayNamed,
        &[
            ("server", "kong/3.4.2"),
            ("via", "1.1 kong/3.4.2"),
            ("x-kong-upstream-latency", "4"),
            ("x-kong-proxy-latency", "1"),
            ("x-kong-request-id", "3f6c0e"),
        ],
    ),
    (
        Variant::MeshNamed,
        &[
            ("server", "envoy"),
            ("x-envoy-upstream-service-time", "4"),
            ("x-envoy-decorator-operation", "identities.svc.cluster.local:80/*"),
        ],
    ),
    (
        Variant::CloudNamed,
        &[
            ("x-amzn-requestid", "f1d0"),
            ("x-amz-apigw-id", "a1b2="),
            ("x-amzn-remapped-server", "Kestrel"),
            ("x-azure-ref", "20261122T053000Z-r1"),
            ("request-context", "appId=cid-v1:0f"),
        ],
    ),
    (
        Variant::ProxyNamed,
        &[
            ("server", "nginx/1.22.1"),
            ("x-proxy-cache", "BYPASS"),
            ("x-accel-buffering", "no"),
        ],
    ),
    (
        Variant::CachingForbidden,
        &[
            ("cache-control", "no-store, no-cache, must-revalidate, max-age=0"),
            ("cache-control", "private"),
            ("pragma", "no-cache"),
            ("expires", "-1"),
        ],
    ),
    (
        Variant::FieldsEmpty,
        &[
            ("x-tenant", ""),
            ("set-cookie", ""),
            ("access-control-expose-headers", ""),
            ("via", ""),
        ],
    ),
    (
        Variant::AttachmentNamed,
        &[
            ("content-disposition", "attachment; filename=\"api.json\""),
            ("x-download-options", "noopen"),
        ],
    ),
    (
        Variant::KeepAliveNamed,
        &[("keep-alive", "timeout=5, max=100"), ("connection", "keep-alive")],
    ),
    (
        Variant::RangesAccepted,
        &[
            ("accept-ranges", "bytes"),
            ("last-modified", "Sun, 22 Nov 2026 05:30:00 GMT"),
        ],
    ),
];
