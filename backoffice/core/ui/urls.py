"""The console pages of core, a list for each subject."""

from backoffice.core.ui.routes import operations

urlpatterns = [*operations.urlpatterns]
