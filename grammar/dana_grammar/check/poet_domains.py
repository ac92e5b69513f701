"""Which options of `@poet` the built-in domains understand: their own names, beside those that every function has."""

from __future__ import annotations

DOMAIN_OPTIONS: dict[str, frozenset[str]] = {
    "api": frozenset({"check_status", "fallback_endpoint", "idempotent", "required_fields"}),
    "llm": frozenset({"format", "refusals", "required_keys"}),
    "ml_monitoring": frozenset({"capability", "importance", "max_samples", "min_samples", "missing", "template"}),
    "customer_service": frozenset({"empathy", "forbidden", "upset_patience"}),
    "prompt_optimization": frozenset({"format", "price_per_1k_tokens", "refusals", "required_keys", "scorer"}),
    "building_management": frozenset({"max_setpoint", "min_setpoint", "on_unsafe", "temperature_unit"}),
    "financial_services": frozenset(
        {"adverse_action_reasons", "currency", "fair_lending", "idempotent", "required_keys"}
    ),
    "healthcare": frozenset(
        {
            "clinical_guidelines",
            "clinical_validation",
            "drug_interaction_checking",
            "evidence_based_reasoning",
            "hipaa_compliance",
            "idempotent",
            "temperature_unit",
        }
    ),
    "manufacturing": frozenset(
        {
            "batch_optimization",
            "equipment_optimization",
            "equipment_protection",
            "idempotent",
            "limits",
            "predictive_maintenance",
            "safety_interlocks",
            "spc_monitoring",
            "spec_limits",
            "temperature_unit",
            "yield_optimization",
        }
    ),
}
"""Domain -> options. `dana_poet.domains` has what they mean; a test holds the two together."""
