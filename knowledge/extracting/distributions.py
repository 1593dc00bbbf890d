"""What is imported of what is installed, where the two have different names.

Not those that share a name with others (google, azure, snowflake): the version of one would be said of all.
"""

_MODULES = {
    "absl-py": "absl",
    "antlr4-python3-runtime": "antlr4",
    "attrs": "attr",
    "beautifulsoup4": "bs4",
    "biopython": "bio",
    "djangorestframework": "rest_framework",
    "dask-core": "dask",
    "faiss-cpu": "faiss",
    "faiss-gpu": "faiss",
    "ffmpeg-python": "ffmpeg",
    "gdal": "osgeo",
    "gitpython": "git",
    "grpcio": "grpc",
    "imbalanced-learn": "imblearn",
    "jupysql": "sql",
    "ipython-sql": "sql",
    "matplotlib-base": "matplotlib",
    "mysql-connector-python": "mysql",
    "mysqlclient": "mysqldb",
    "opencv": "cv2",
    "opencv-contrib-python": "cv2",
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "pillow": "pil",
    "psycopg2-binary": "psycopg2",
    "py-xgboost": "xgboost",
    "pycryptodome": "crypto",
    "pygithub": "github",
    "pyjwt": "jwt",
    "pyserial": "serial",
    "python-dateutil": "dateutil",
    "python-docx": "docx",
    "python-dotenv": "dotenv",
    "python-graphviz": "graphviz",
    "python-igraph": "igraph",
    "python-levenshtein": "levenshtein",
    "python-pptx": "pptx",
    "pytorch": "torch",
    "pyyaml": "yaml",
    "pyzmq": "zmq",
    "ruamel-yaml": "ruamel",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "scikit-learn-intelex": "sklearnex",
    "pytables": "tables",
    "semantic-link-sempy": "sempy",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-macos": "tensorflow",
    "tf-nightly": "tensorflow",
    "umap-learn": "umap",
    "websocket-client": "websocket",
    "xgboost-cpu": "xgboost",
}


def module_of(distribution: str) -> str:
    """The module of a distribution of Python's, in lower case."""
    name = distribution.lower().replace("_", "-")
    return _MODULES.get(name, name.replace("-", "_"))
