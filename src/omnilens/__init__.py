"""OmniLens: a self-hosted, real-time dashboard for GitHub Actions."""

__version__ = "0.1.0"
