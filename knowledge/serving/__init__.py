"""PURE: insights and tables in the shapes that dashboards, notebooks and spreadsheets read as they are."""
