"""The console pages of core, a list for each subject."""

from backoffice.core.ui.routes import companies, home, operations, work

urlpatterns = [*home.urlpatterns, *companies.urlpatterns, *operations.urlpatterns, *work.urlpatterns]
