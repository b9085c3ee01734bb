"""Small projects with Alembic's and Django's migrations, and a migration to add to each."""

PYPROJECT = "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['sqlalchemy', 'psycopg']\n"
ENV_PY = (
    "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
    "engine = create_engine(os.environ['DATABASE_URL'])\n"
    "with engine.connect() as connection:\n    context.configure(connection=connection)\n"
    "    with context.begin_transaction():\n        context.run_migrations()\n"
)
ALEMBIC = {
    "pyproject.toml": PYPROJECT,
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    "alembic/env.py": ENV_PY,
    "alembic/versions/0001_users.py": (
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '0001'\ndown_revision = None\n\n\n"
        "def upgrade():\n    op.create_table('users', sa.Column('id', sa.BigInteger, primary_key=True))\n\n\n"
        "def downgrade():\n    op.drop_table('users')\n"
    ),
}
ALEMBIC_ADDED = "alembic/versions/0002_name.py"
REVISION = (
    "from alembic import op\nimport sqlalchemy as sa\nrevision = '0002'\ndown_revision = '0001'\n\n\n"
    "def upgrade():\n    op.add_column('users', sa.Column('name', sa.Text{null}))\n\n\n"
    "def downgrade():\n    op.drop_column('users', '{column}')\n"
)

DJANGO = {
    "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['django', 'psycopg']\n",
    "manage.py": (
        "import os, sys\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"
        "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n"
    ),
    "settings.py": (
        "import os\nSECRET_KEY = 'x'\nINSTALLED_APPS = ['shop']\nUSE_TZ = True\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['POSTGRES_DB'],\n"
        "    'HOST': os.environ['POSTGRES_HOST'], 'USER': os.environ['POSTGRES_USER']}}\n"
    ),
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n"
        "        migrations.CreateModel('Item', fields=[('id', models.BigAutoField(primary_key=True))]),\n    ]\n"
    ),
}
DJANGO_ADDED = "shop/migrations/0002_name.py"
FIELD = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    "    dependencies = [('shop', '0001_initial')]\n    operations = [\n"
    "        migrations.AddField('item', 'note', models.TextField(null=True)),\n        {more}\n    ]\n"
)
