"""Talk to what surrounds the services in a demo, whoever runs it: by address alone."""
